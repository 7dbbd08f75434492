import { SallyportError } from '@sallyport/runtime'

/** This machine lacks what an engine needs; the message says what, and how to get it. */
export class EngineMissing extends SallyportError {
  constructor(engine: string, lacking: string, remedy: string, options?: ErrorOptions) {
    super('SP_ENGINE_MISSING', 'unavailable', `${engine}: ${lacking}; ${remedy}`, options)
  }
}

/** An engine was started here and ended or stayed silent before it answered. */
export class EngineFailed extends SallyportError {
  constructor(engine: string, what: string, options?: ErrorOptions) {
    super('SP_ENGINE_FAILED', 'unavailable', `${engine}: ${what}`, options)
  }
}

/** REQUIRE_ENGINES names an engine that this machine cannot offer, so its suites may not be skipped. */
export class EngineRequired extends SallyportError {
  constructor(engine: string, reason: string) {
    super('SP_ENGINE_REQUIRED', 'unavailable', `REQUIRE_ENGINES names ${engine}, and ${reason}`)
  }
}
