/** A running Sallyport, whichever way it is put together, seen only through its public faces. */
export interface Composition {
  readonly name: 'standalone' | 'fleet'
  /** Addresses of every proxy, e.g. `http://127.0.0.1:41001`. */
  readonly proxies: readonly string[]
  readonly api: string
  readonly adminToken: string
  stop(): Promise<void>
}

/** What a composition can be asked to suffer; each resolves when the part is up again. */
export interface Faults {
  /** Ends the approvals part without warning (fleet), or the whole process (standalone), and starts it again. */
  crashApprovals(): Promise<void>
}
