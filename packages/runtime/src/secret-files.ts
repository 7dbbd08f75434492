import { constants, type FileHandle, open, realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

const MAX_BYTES = 64 * 1024

/**
 * The real path of a file in the folder of credentials (mounts of Kubernetes are links within it). Rejects with a reason
 * that names the file and nothing in it, also where a name or a link leads out, or where no folder is configured (null).
 */
export async function secretFilePath(folder: string | null, file: string): Promise<string> {
  if (folder === null) throw new Error('SALLYPORT_CREDENTIALS_DIR is not set')
  let real: string
  let path: string
  try {
    real = await realpath(folder)
    path = await realpath(join(real, file))
  } catch (cause) {
    throw new Error(`${file} is not in the folder of credentials`, { cause })
  }
  const from = relative(real, path)
  if (from === '' || from === '..' || from.startsWith(`..${sep}`))
    throw new Error(`${file} leads out of the folder of credentials`)
  return path
}

/** What such a file holds, without the end of its last line. Rejects like `secretFilePath`. */
export async function readSecretFile(folder: string | null, file: string): Promise<string> {
  const handle = await openWithoutLinks(await secretFilePath(folder, file), file)
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new Error(`${file} is not a regular file`)
    if (found.size > MAX_BYTES) throw new Error(`${file} is larger than ${MAX_BYTES} bytes`)
    const text = (await handle.readFile('utf8')).replace(/\r?\n$/, '')
    if (text === '') throw new Error(`${file} is empty`)
    return text
  } finally {
    await handle.close()
  }
}

/** Neither a link put there since, nor a pipe that never ends. */
async function openWithoutLinks(path: string, file: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    throw new Error(`${file} cannot be read`, { cause })
  }
}
