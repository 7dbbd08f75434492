import { expect, test } from 'vitest'
import { passedOverText } from './passed-over-text.ts'

test('what each part passed over is a counter with its meaning; parts that read no log are not in it', () => {
  const text = passedOverText({
    control: { status: 'ok', facts: { passedOver: 2 } },
    signals: { status: 'ok' },
  })
  expect(text.split('\n')).toEqual([
    expect.stringMatching(/^# HELP sallyport_events_passed_over_total Records /),
    '# TYPE sallyport_events_passed_over_total counter',
    'sallyport_events_passed_over_total{part="control"} 2',
    '',
  ])
})
