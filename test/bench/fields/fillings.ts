/** What a field is filled with: a text between the quotes of JSON, repeated until the field is full. */
export const FILLINGS: ReadonlyMap<string, string> = new Map([
  ['letters', 'a'],
  ['accents', 'é'],
  ['emoji', '😀'],
  ['percents', '%41'],
  ['dots', '/..'],
  ['escaped controls', '\\u0001'],
  ['escaped letters', '\\u0061'],
  ['escaped quotes', '\\"'],
  ['letters and quotes', '\\u0061\\"\\"\\"\\"\\"\\"\\"\\"'],
  ['blanks', ' '],
  ['words', 'a '],
  ['assignments', 'password='],
  ['addresses', 'https://a:b@c/?d=e&'],
  ['tokens', 'eyJ.eyJ.'],
  ['keys', '-----BEGIN '],
  ['bearers', 'Bearer a '],
  ['equals', '='],
  ['underscores', '_meta_'],
  ['ligatures', 'ﷺ'],
])

/** Units of UTF-16, as limits count. */
export function filled(filling: string, length: number): string {
  return filling.repeat(Math.floor(length / filling.length))
}
