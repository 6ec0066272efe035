/** A hint about the room that is open before the reader's eyes: read in a moment, so no number need flash up for it. */
export function isBeingRead({ conversation, quiet }) {
  return !quiet && !document.hidden && document.querySelector("[data-conversation]")?.dataset.conversation === String(conversation);
}
