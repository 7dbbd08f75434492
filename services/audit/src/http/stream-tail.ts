import { sse } from '@sallyport/http-api'
import { messageOf } from '@sallyport/runtime'
import type { FastifyReply } from 'fastify'
import type { TimelineFilter } from '../domain/timeline-filter.ts'
import type { LiveTail } from '../live-tail.ts'

/** A reader that has left more than this unread is told so and let go, in bytes. */
const MAX_UNREAD = 512 * 1024

/** Server-sent events: `item` for each item, at last `end` with a reason. A first comment says that nothing is missed from then on. */
export async function streamTail(reply: FastifyReply, tail: LiveTail, filter: TimelineFilter): Promise<void> {
  const stream = sse(reply)
  const onEnd = (reason: string) => {
    stream.send('end', { reason })
    stream.close()
  }
  try {
    const leave = await tail.follow(filter, {
      onEnd,
      onItem(item) {
        if (reply.raw.writableLength <= MAX_UNREAD) stream.send('item', item, item.eventId)
        else onEnd('this reader is too slow; what it missed is in /v1/timeline')
      },
    })
    if (stream.ended.aborted) leave()
    else stream.ended.addEventListener('abort', leave, { once: true })
    stream.comment('following')
  } catch (reason) {
    onEnd(messageOf(reason))
  }
}
