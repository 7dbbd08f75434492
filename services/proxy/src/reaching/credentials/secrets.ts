import type { SecretReference } from '@sallyport/control'
import { type Environment, messageOf } from '@sallyport/runtime'
import { CredentialMissing } from '../../domain/faults.ts'
import type { SecretFiles } from './secret-files.ts'

/**
 * The installation's secret and other variables of ours are there too: a person who registers an upstream must not get
 * them sent.
 */
const OURS = 'SALLYPORT_'

/** Secrets by reference, from this process's environment and its folder of credentials. */
export class Secrets {
  readonly #environment: Environment
  readonly files: SecretFiles

  constructor(environment: Environment, files: SecretFiles) {
    this.#environment = environment
    this.files = files
  }

  /** At once for a variable, and for a file that was read a moment ago. Throws or rejects with CredentialMissing. */
  find(reference: SecretReference): string | Promise<string> {
    return reference.kind === 'env' ? this.#variable(reference.variable) : this.#file(reference.file)
  }

  #variable(name: string): string {
    if (name.toUpperCase().startsWith(OURS))
      throw new CredentialMissing(`the variable ${name} is Sallyport's own and no credential of an upstream`)
    const value = this.#environment[name]
    if (!value) throw new CredentialMissing(`the variable ${name}, which holds the credential, is not set`)
    return value
  }

  #file(file: string): string | Promise<string> {
    return (
      this.files.recent(file) ??
      this.files.read(file).catch((cause: unknown) => {
        throw new CredentialMissing(`the credential is not there: ${messageOf(cause)}`, { cause })
      })
    )
  }
}
