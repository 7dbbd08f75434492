import { SallyportError } from '@sallyport/runtime'

/** The tool's configuration cannot be parsed; nothing was written. */
export class ConfigUnparsable extends SallyportError {
  constructor(what: string, line: number, column: number, options?: ErrorOptions) {
    super(
      'SP_SETUP_UNPARSABLE',
      'invalid',
      `line ${line}, column ${column}: ${what}; nothing was written`,
      options,
    )
  }
}

/** The tool's configuration is not UTF-8 text of a size that a configuration has. */
export class ConfigNotText extends SallyportError {
  constructor(why: string) {
    super('SP_SETUP_NOT_TEXT', 'invalid', `${why}; nothing was written`)
  }
}

/** The configuration parses but is not of the tool's shape. */
export class ConfigShapeUnknown extends SallyportError {
  constructor(place: string, why: string) {
    super('SP_SETUP_SHAPE', 'invalid', `${place} ${why}; nothing was written`)
  }
}

/** A key is written twice: which of them the tool reads is not certain. */
export class ConfigAmbiguous extends SallyportError {
  constructor(key: string, line: number, column: number) {
    super(
      'SP_SETUP_AMBIGUOUS',
      'invalid',
      `line ${line}, column ${column}: the key ${JSON.stringify(key)} is there twice; nothing was written`,
    )
  }
}

/** An edit would have changed something else than it should; a fault of ours. */
export class EditNotExact extends SallyportError {
  constructor() {
    super(
      'SP_SETUP_EDIT_NOT_EXACT',
      'internal',
      'the edit would have changed more than the servers; nothing was written',
    )
  }
}

/** No configuration of the tool is where its documentation says. */
export class ConfigMissing extends SallyportError {
  constructor(looked: readonly string[]) {
    super(
      'SP_SETUP_CONFIG_MISSING',
      'not_found',
      looked.length > 0
        ? `no configuration found; looked for ${looked.join(', ')}`
        : 'the tool has no such configuration',
    )
  }
}

/** The project's configuration is a link to outside the project. */
export class ConfigLeavesProject extends SallyportError {
  constructor(file: string, target: string) {
    super(
      'SP_SETUP_LEAVES_PROJECT',
      'forbidden',
      `${file} is a link to ${target}, outside the project; nothing was written`,
    )
  }
}

/** The file changed while it was being rewritten. */
export class ConfigChangedMeanwhile extends SallyportError {
  constructor(file: string) {
    super(
      'SP_SETUP_CHANGED_MEANWHILE',
      'conflict',
      `${file} changed meanwhile; it was not written, try again`,
    )
  }
}

/** The file could not be written with the mode and owner it had, so it was left. */
export class ConfigNotWritable extends SallyportError {
  constructor(file: string, options?: ErrorOptions) {
    super(
      'SP_SETUP_NOT_WRITABLE',
      'forbidden',
      `${file} could not be replaced keeping its mode and owner; it was not written`,
      options,
    )
  }
}

/** No record of a rewrite was found, or it cannot be relied on. */
export class NothingToUndo extends SallyportError {
  constructor(why: string) {
    super('SP_SETUP_NOTHING_TO_UNDO', 'not_found', why)
  }
}

/** The rewritten part was changed since. Undoing would lose that change. */
export class UndoRefused extends SallyportError {
  constructor(why: string) {
    super('SP_SETUP_UNDO_REFUSED', 'conflict', `${why}; nothing was written`)
  }
}
