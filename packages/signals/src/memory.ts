import { type Logger, messageOf, silentLogger } from '@sallyport/runtime'
import type { Signals } from './port.ts'
import { isSubject, matches, parsePattern } from './subject.ts'

export interface MemorySignalsOptions {
  /** Told of handlers that throw. */
  readonly logger?: Logger
}

interface Subscriber {
  readonly pattern: readonly string[]
  readonly notify: (subject: string) => void
}

/** Wake-ups within one process. They are delivered after `send` has returned, as a server would. */
export function memorySignals(options: MemorySignalsOptions = {}): Signals {
  const logger = options.logger ?? silentLogger
  const subscribers = new Set<Subscriber>()
  let closed = false

  const deliver = (subscriber: Subscriber, subject: string) => {
    if (!subscribers.has(subscriber)) return
    try {
      subscriber.notify(subject)
    } catch (thrown) {
      logger.error({ subject, reason: messageOf(thrown) }, 'a signal handler threw')
    }
  }

  return {
    send(subject) {
      if (!isSubject(subject)) return
      for (const subscriber of subscribers) {
        if (matches(subscriber.pattern, subject)) queueMicrotask(() => deliver(subscriber, subject))
      }
    },
    subscribe(pattern, onSignal) {
      const subscriber = {
        pattern: parsePattern(pattern),
        notify: (subject: string) => onSignal({ subject }),
      }
      if (!closed) subscribers.add(subscriber)
      return { ready: Promise.resolve(), unsubscribe: () => subscribers.delete(subscriber) }
    },
    onReconnect() {},
    fault: () => (closed ? 'closed' : undefined),
    async close() {
      closed = true
      subscribers.clear()
    },
  }
}
