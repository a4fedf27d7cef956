// Sets the theme before the first paint, so that a dark page never flashes. Loaded as a plain script on purpose.
(() => {
  const root = document.documentElement;
  const choice = localStorage.getItem("assay-theme") || root.dataset.themeChoice;
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.bsTheme = dark ? "dark" : "light";
})();
