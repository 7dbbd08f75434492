/** Events and permissions hold names up to this length. */
export const LONGEST_NAME = 256

/** Fits a text of the client's into an event. */
export function cut(text: string, length = LONGEST_NAME): string {
  return text.length <= length ? text : text.slice(0, length - 1).toWellFormed()
}
