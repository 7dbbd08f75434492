import { type ListenAddress, SallyportError } from '@sallyport/runtime'

/** The data folder cannot be made or written to. */
export class DataFolderUnusable extends SallyportError {
  constructor(folder: string, options?: ErrorOptions) {
    super(
      'SP_DATA_FOLDER_UNUSABLE',
      'invalid',
      `the data folder ${folder} cannot be written; SALLYPORT_DATA moves it`,
      options,
    )
  }
}

/** Another Sallyport has the data folder and does not give way: one that a person started. */
export class AlreadyRunning extends SallyportError {
  constructor(folder: string, where: string | undefined, options?: ErrorOptions) {
    super(
      'SP_ALREADY_RUNNING',
      'conflict',
      `a Sallyport runs on ${folder} already${where ? ` (${where})` : ''}; commands use it, and SALLYPORT_DATA names another folder`,
      options,
    )
  }
}

/** Commands are to need a token from now on, and this Sallyport is inside another program, where nobody would see it. */
export class LocalTokenNotBegun extends SallyportError {
  constructor(folder: string) {
    super(
      'SP_LOCAL_TOKEN_NOT_BEGUN',
      'conflict',
      `SALLYPORT_LOCAL_TOKEN=required is begun by npm start on ${folder}, which shows the token once`,
    )
  }
}

/** An address, and the variable that moves it. */
export interface MovableAddress {
  readonly address: ListenAddress
  readonly variable: string
}

/** Other programs listen where Sallyport should: all the addresses that are taken. */
export class AddressTaken extends SallyportError {
  constructor(taken: readonly MovableAddress[], options?: ErrorOptions) {
    const [are, move] = taken.length === 1 ? ['is taken', 'moves it'] : ['are taken', 'move them']
    const addresses = taken.map(({ address: { host, port } }) => `${host}:${port}`).join(' and ')
    const variables = taken.map(({ variable }) => variable).join(' and ')
    super('SP_ADDRESS_TAKEN', 'conflict', `${addresses} ${are}; ${variables} ${move}`, options)
  }
}

/** Sallyport may not, or cannot, listen at the address it was given. */
export class AddressUnusable extends SallyportError {
  constructor(address: ListenAddress, variable: string, options?: ErrorOptions) {
    super(
      'SP_ADDRESS_UNUSABLE',
      'invalid',
      `cannot listen on ${address.host}:${address.port}; ${variable} moves it`,
      options,
    )
  }
}

/** The data folder's secret is shorter than it was made: sessions and digests of before cannot be checked with it. */
export class SecretKeyDamaged extends SallyportError {
  constructor(folder: string) {
    super(
      'SP_SECRET_KEY_DAMAGED',
      'invalid',
      `the file secret-key in ${folder} is damaged; restore it, or remove it to have a new one made`,
    )
  }
}
