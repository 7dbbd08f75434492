import { connect } from 'node:net'

/**
 * Sends exactly these bytes. Gives everything that came back until the connection ended or fell silent: some servers
 * wait for a body that does not come.
 */
export function sendRaw(url: string, bytes: Uint8Array, quietMs: number): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setTimeout(quietMs, () => socket.destroy())
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    // A server that refuses may reset the connection while the body is still on its way.
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}
