/** A running Sallyport, whichever way it is put together, seen only through its public faces. */
export interface Composition {
  readonly name: 'standalone' | 'fleet'
  /** Addresses of every proxy, e.g. `http://127.0.0.1:41001`. */
  readonly proxies: readonly string[]
  readonly api: string
  readonly adminToken: string
  /** Resolves when what was changed before is in force in every process. */
  inForce(): Promise<void>
  stop(): Promise<void>
}
