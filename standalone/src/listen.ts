import type { ListenAddress } from '@sallyport/runtime'
import { AddressTaken, AddressUnusable } from './errors.ts'

/** Listens, and turns the system's refusal into one that names the variable to change. */
export async function listenOrExplain<T>(
  address: ListenAddress,
  variable: string,
  listen: (address: { host: string; port: number }) => Promise<T>,
): Promise<T> {
  try {
    return await listen({ host: address.host, port: address.port })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE') throw new AddressTaken([{ address, variable }], { cause })
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new AddressUnusable(address, variable, { cause })
    }
    throw cause
  }
}
