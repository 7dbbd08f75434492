import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Reads `+ LEADER` and `- LEADER`. Its input ends with the process that wrote it, however that was killed. Then it
 * kills the groups that are left.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=
while read -r op leader; do
  case $op in
    +) groups="$groups $leader" ;;
    -) left=
       for group in $groups; do [ "$group" = "$leader" ] || left="$left $group"; done
       groups=$left ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
`

/**
 * Ends the process groups of children when this process cannot: after kill -9, or when it crashes. One shell in its own
 * session stands by for all of them. Windows has no such shell, so there nobody ends them.
 */
export class Watchdog {
  readonly #groups = new Set<number>()
  #shell: ChildProcess | undefined

  /** To be called before the child exists, so that no moment is without a watch. */
  standBy(): void {
    if (this.#shell !== undefined || process.platform === 'win32') return
    const shell = spawn('/bin/sh', ['-c', SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
      cwd: '/',
    })
    shell.on('error', () => {})
    shell.stdin?.on('error', () => {})
    shell.on('exit', () => this.#restart(shell))
    shell.unref()
    // A pipe that is referenced would keep the process from ending by itself.
    ;(shell.stdin as unknown as { unref?: () => void } | null)?.unref?.()
    this.#shell = shell
    for (const leader of this.#groups) this.#tell(`+ ${leader}`)
  }

  watch(leader: number): void {
    this.#groups.add(leader)
    this.#tell(`+ ${leader}`)
  }

  /** The group is gone; its number may be given to another one. */
  forget(leader: number): void {
    if (this.#groups.delete(leader)) this.#tell(`- ${leader}`)
  }

  #tell(line: string): void {
    this.#shell?.stdin?.write(`${line}\n`)
  }

  #restart(ended: ChildProcess): void {
    if (this.#shell !== ended) return
    this.#shell = undefined
    if (this.#groups.size > 0) this.standBy()
  }
}
