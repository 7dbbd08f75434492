import { readFileSync } from 'node:fs'
import { SallyportError } from './errors.ts'

/** One variable of the environment: its name, what it is for, how its text is read. */
export interface Variable<T> {
  readonly name: string
  readonly describe: string
  /** Returns the value; throws an `Error` whose message says what is expected, never what was given. */
  readonly parse: (text: string) => T
  /** The text that holds where the variable is not set; without one the variable is required. */
  readonly fallback?: string
  /** Secrets may also come from the file that NAME_FILE names, and are never printed. */
  readonly secret?: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>
export type ConfigSpec = Readonly<Record<string, Readonly<Record<string, Variable<unknown>>>>>
export type ConfigOf<S extends ConfigSpec> = {
  readonly [G in keyof S]: { readonly [K in keyof S[G]]: S[G][K] extends Variable<infer T> ? T : never }
}

/** The configuration cannot be used; the message lists every fault, by variable, without values. */
export class InvalidConfig extends SallyportError {
  constructor(faults: readonly string[]) {
    super('SP_CONFIG_INVALID', 'invalid', `configuration: ${faults.join('; ')}`)
  }
}

/** The environment of this process: the only place that reads it. */
export function processEnvironment(): Environment {
  // biome-ignore lint/style/noProcessEnv: this is the reader every other place goes through
  return process.env
}

/** Reads every variable of the spec into frozen groups. Reports all faults at once as one `InvalidConfig`. */
export function readConfig<S extends ConfigSpec>(spec: S, environment: Environment): ConfigOf<S> {
  const faults: string[] = []
  const groups: Record<string, Readonly<Record<string, unknown>>> = {}
  for (const [group, variables] of Object.entries(spec)) {
    const values: Record<string, unknown> = {}
    for (const [key, variable] of Object.entries(variables)) {
      try {
        values[key] = readVariable(variable, environment)
      } catch (fault) {
        faults.push(`${variable.name} ${fault instanceof Error ? fault.message : 'is not valid'}`)
      }
    }
    groups[group] = Object.freeze(values)
  }
  if (faults.length > 0) throw new InvalidConfig(faults)
  return Object.freeze(groups) as ConfigOf<S>
}

function readVariable(variable: Variable<unknown>, environment: Environment): unknown {
  const text = environment[variable.name] || textOfFile(variable, environment) || variable.fallback
  if (text === undefined) throw new Error('is required')
  return variable.parse(text)
}

function textOfFile(variable: Variable<unknown>, environment: Environment): string | undefined {
  const path = variable.secret ? environment[`${variable.name}_FILE`] : undefined
  if (!path) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new Error('names a file that cannot be read (variable with the suffix _FILE)')
  }
}
