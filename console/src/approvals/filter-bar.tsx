import { ToggleGroup, ToggleGroupItem } from '@radix-ui/react-toggle-group'
import type { RefObject } from 'react'
import type { Counts } from '../api/types.ts'
import { AGES, type Age, ageFrom, type Filter, filterOf, RISKS, type Risk } from './filter.ts'

const AGE_WORDS: Readonly<Record<Age, string>> = {
  new: 'under 1 min',
  fresh: '1 to 5 min',
  minutes: '5 to 15 min',
  hour: '15 to 60 min',
  old: 'over 1 h',
}

interface FilterBarProps {
  readonly filter: Filter
  /** Of all that wait, whatever the filter. */
  readonly counts: Counts | undefined
  readonly search: RefObject<HTMLInputElement | null>
  readonly onChange: (filter: Filter) => void
}

/** Which calls are listed. */
export function FilterBar({ filter, counts, search, onChange }: FilterBarProps) {
  const { text, risk, age, show } = filter
  const countOf = (age: Age) => counts?.byAge.find(({ fromMs }) => ageFrom(fromMs) === age)?.count ?? 0
  /** The filter with one part of it set anew; without it where it is empty. */
  const withPart = (name: keyof Filter, value: string): Filter => filterOf({ ...filter, [name]: value })
  return (
    <search className="filters">
      <ToggleGroup
        type="single"
        aria-label="Which"
        value={show ?? 'waiting'}
        onValueChange={(value) => onChange(withPart('show', value === 'ended' ? 'ended' : ''))}
      >
        <ToggleGroupItem value="waiting">Waiting</ToggleGroupItem>
        <ToggleGroupItem value="ended">Answered and ended</ToggleGroupItem>
      </ToggleGroup>
      <input
        ref={search}
        type="search"
        aria-label="Search by agent, server, action or rule"
        placeholder="agent, server, action, rule"
        value={text ?? ''}
        onChange={({ target }) => onChange(withPart('text', target.value))}
      />
      <ToggleGroup
        type="single"
        aria-label="Risk"
        value={risk ?? ''}
        onValueChange={(value: Risk | '') => onChange(withPart('risk', value))}
      >
        {RISKS.map((one) => (
          <ToggleGroupItem key={one} value={one}>
            {one}
          </ToggleGroupItem>
        ))}
      </ToggleGroup>
      {show !== 'ended' && (
        <ToggleGroup
          type="single"
          aria-label="How long they have waited"
          value={age ?? ''}
          onValueChange={(value: Age | '') => onChange(withPart('age', value))}
        >
          {AGES.map((one) => (
            <ToggleGroupItem key={one} value={one}>
              {AGE_WORDS[one]} <b data-age={one}>{countOf(one)}</b>
            </ToggleGroupItem>
          ))}
        </ToggleGroup>
      )}
    </search>
  )
}
