/**
 * Signals a whole process group, so that what a server started by itself goes with it. False when nothing of it is
 * left. A group keeps its number while any member lives, so it never reaches somebody else's process.
 */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    // Windows has no process groups: there it reaches the process itself.
    process.kill(process.platform === 'win32' ? leader : -leader, signal)
    return true
  } catch (reason) {
    // macOS answers EPERM where only zombies are left.
    return (reason as NodeJS.ErrnoException).code === 'EPERM' && process.platform !== 'darwin'
  }
}
