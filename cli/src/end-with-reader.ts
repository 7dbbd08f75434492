import { EXIT } from './errors.ts'

let watched = false

/** `sallyport log | head` has what it wanted when `head` ends: that is not a failure. One that was there before stays. */
export function endWithReader(): void {
  if (watched) return
  watched = true
  process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
    process.exit(fault.code === 'EPIPE' ? process.exitCode : EXIT.failed)
  })
}
