// A form that came back with messages opens its dialog again.
document.querySelector("[data-open-at-once]")?.closest("dialog")?.showModal();
