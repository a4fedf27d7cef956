/*
 * Every key of the scoring page but `?`, which every page has. Single keys act only outside text fields and dialogs, and not at all when the person
 * switched them off; keys with Ctrl (Cmd on a Mac) act everywhere.
 */

import { tinykeys } from "/static/vendor/tinykeys.js";

const TYPING = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range], [type=button])";
const CONTROL = "a, button, input, select, textarea, summary, label";
const SIDEWAYS = "input[type=radio], input[type=range]";

/** `does` names what each key does; see the table in `scoring.js`. */
export function attachKeys(does, { singleKeys }) {
  const bindings = {
    "$mod+Enter": act(does.submit),
    "$mod+s": act(does.save),
    "Shift+Space": act(does.playPause, { typing: false }),
    Escape: (event) => does.escape(event),
  };
  if (singleKeys) Object.assign(bindings, singleBindings(does));
  return tinykeys(window, bindings);
}

function singleBindings(does) {
  const single = (run) => act(run, { typing: false });
  return {
    j: single(() => does.step(1)),
    k: single(() => does.step(-1)),
    "([1-9])": single((event) => does.choose(Number(event.key))),
    n: single(does.notApplicable),
    w: single(does.unscoreable),
    y: single(does.confirm),
    e: single(() => does.use({ praise: false })),
    p: single(() => does.use({ praise: true })),
    o: single(does.other),
    m: single(does.walk),
    c: single(does.reason),
    u: single(does.unusable),
    s: single(does.skipSilence),
    Space: act(does.playPause, { typing: false, controls: false }),
    ArrowUp: act(() => does.turn(-1), { typing: false, when: does.isWalking }),
    ArrowDown: act(() => does.turn(1), { typing: false, when: does.isWalking }),
    "Shift+ArrowRight": act(() => does.extend("forward"), { typing: false, when: does.isWalking }),
    "Shift+ArrowLeft": act(() => does.extend("backward"), { typing: false, when: does.isWalking }),
    ArrowLeft: act(() => does.seek(-5), { typing: false, sideways: false, when: does.hasPlayer }),
    ArrowRight: act(() => does.seek(5), { typing: false, sideways: false, when: does.hasPlayer }),
    ",": single(() => does.turn(-1)),
    ".": single(() => does.turn(1)),
    "[": single(() => does.rangeEdge("start")),
    "]": single(() => does.rangeEdge("end")),
    "-": single(() => does.rate(-1)),
    "=": single(() => does.rate(1)),
  };
}

/** Run on a key press unless the press belongs to a field, a control or a dialog; a press that acts goes no further. */
function act(run, { typing = true, controls = true, sideways = true, when = () => true } = {}) {
  return (event) => {
    const target = event.target;
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if (!typing && target.matches?.(TYPING)) return;
    if (!controls && target.closest?.(CONTROL)) return;
    if (!sideways && target.matches?.(SIDEWAYS)) return;
    if (!when()) return;
    event.preventDefault();
    run(event);
  };
}
