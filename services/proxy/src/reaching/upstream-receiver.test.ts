import { expect, test } from 'vitest'
import { UpstreamReceiver } from './upstream-receiver.ts'

class Reading extends UpstreamReceiver {
  protected override onHead() {}
  protected override onBytes() {}
  protected override onEnd() {}
  protected override onFault() {}
  hold = () => this.pause()
  goOn = () => this.resume()
}

test('an upstream is read again once every reason to wait is gone', () => {
  const told: string[] = []
  const pause = () => void told.push('pause')
  const resume = () => void told.push('resume')
  const reading = new Reading()
  reading.onRequestStart({ abort() {}, pause, resume, aborted: false, paused: false, reason: null })
  // A part that is held, and an agent that does not read.
  reading.hold()
  reading.hold()
  reading.goOn()
  expect(told).toEqual(['pause'])
  reading.goOn()
  expect(told).toEqual(['pause', 'resume'])
})
