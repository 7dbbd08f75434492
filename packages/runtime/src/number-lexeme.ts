/**
 * A number of JSON that JavaScript would write differently from how it was sent: rounded (`1234567890123456789`), or in
 * another form (`1E2`, `-0`, `1.0`). It is written as it was sent, by JSON.stringify too.
 */
export class NumberLexeme {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): unknown {
    return json.rawJSON(this.text)
  }

  toString(): string {
    return this.text
  }
}

/** ECMAScript's JSON.parse source text access, which TypeScript's library of ES2024 does not have yet. */
const json = JSON as unknown as { readonly rawJSON: (text: string) => unknown }
