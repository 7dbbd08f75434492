import { isPlainElsewhere } from '@sallyport/runtime'

/** Whether nobody on the way can read or answer what is sent there: https, or this machine. */
export function isProtected(address: string): boolean {
  return /^https?:$/.test(new URL(address).protocol) && !isPlainElsewhere(address)
}
