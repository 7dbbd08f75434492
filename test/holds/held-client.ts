export interface Target {
  readonly url: string
  readonly token: string
  readonly text: string
}

/** One kind of client at the settings it comes with, and the rung of docs/holds.md that it is kept by. */
export interface HeldClient {
  readonly rung: string
  readonly client: string
  /**
   * Calls `note` until it is carried out, like a model that is told to call again. Gives the result and the number of
   * calls.
   */
  call(target: Target): Promise<Outcome>
}

export interface Outcome {
  readonly text: string
  readonly calls: number
}
