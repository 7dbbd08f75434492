const SERVICE = 'sallyport'
/** A keychain that is locked asks its person, who may not be there. */
const PATIENCE_MS = 5000

/** Keeps the token in the keychain of the operating system, under the data folder's path; false where there is none. */
export async function keepInKeychain(folder: string, token: string): Promise<boolean> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    await new AsyncEntry(SERVICE, folder).setPassword(token, AbortSignal.timeout(PATIENCE_MS))
    return true
  } catch {
    return false
  }
}
