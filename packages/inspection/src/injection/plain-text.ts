/** A text as it reads to a model that does not mind how it is written, and what was hidden in it. */
export interface PlainText {
  readonly text: string
  /** Letters that do not show: in tag characters (U+E0000), which some models read. */
  readonly hidden: string
  /** How many characters that do not show stood between those that do. */
  readonly invisible: number
}

const NOT_ASCII = /[^ -~\s]/
const TAGS = /[\u{e0020}-\u{e007e}]+/gu
/** Joiners, direction marks, variation selectors, soft hyphens, tags. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu
const BLANKS = /[^\S\n]+/g
const LINES = /\n{2,}/g
/** A letter and a blank or a dot in turn: `i g n o r e`. */
const SPACED = /(?<![a-z])(?:[a-z][ .\-_*]){2,60}[a-z](?![a-z])/g

/** Letters of other scripts that look like Latin ones, after Unicode's confusables (UTS #39), and marks that stand for those of ASCII. */
const CONFUSABLES = new Map(
  Object.entries({
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    у: 'y',
    х: 'x',
    і: 'i',
    ј: 'j',
    ѕ: 's',
    ԁ: 'd',
    ո: 'n',
    һ: 'h',
    ӏ: 'l',
    к: 'k',
    м: 'm',
    т: 't',
    в: 'b',
    н: 'h',
    г: 'r',
    ԛ: 'q',
    ԝ: 'w',
    ѵ: 'v',
    п: 'n',
    α: 'a',
    ο: 'o',
    ρ: 'p',
    ε: 'e',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    τ: 't',
    υ: 'u',
    χ: 'x',
    η: 'n',
    σ: 'o',
    ω: 'w',
    γ: 'y',
    ı: 'i',
    ɡ: 'g',
    ɑ: 'a',
    ʀ: 'r',
    ɴ: 'n',
    ᴏ: 'o',
    ꜱ: 's',
    ᴜ: 'u',
    ᴛ: 't',
    ɪ: 'i',
    ᴇ: 'e',
    ᴀ: 'a',
    ʟ: 'l',
    ᴄ: 'c',
    ᴅ: 'd',
    ᴍ: 'm',
    ᴘ: 'p',
    ʏ: 'y',
    ᴡ: 'w',
    ᴠ: 'v',
    ʙ: 'b',
    ꜰ: 'f',
    ɢ: 'g',
    ʜ: 'h',
    ᴊ: 'j',
    ᴋ: 'k',
    '’': "'",
    '‘': "'",
    '“': '"',
    '”': '"',
    '–': '-',
    '—': '-',
    '…': '.',
  }),
)
const CONFUSABLE = new RegExp(`[${[...CONFUSABLES.keys()].join('')}]`, 'gu')
const CYRILLIC_OR_GREEK = /[\u0370-\u04ff]/

/**
 * Lower case, NFKC, one blank between words, nothing invisible, no marks on letters, letters spelled apart joined. Words of a
 * mixed script are read as Latin; whole words in another script stay as they are.
 */
export function plainText(text: string): PlainText {
  if (!NOT_ASCII.test(text)) return { text: spaced(text.toLowerCase()), hidden: '', invisible: 0 }
  const hidden = [...text.matchAll(TAGS)].map(([run]) => fromTags(run)).join(' ')
  let invisible = 0
  const shown = text.replace(INVISIBLE, (character, at: number) => {
    if (isBetweenLetters(text, at, character.length)) invisible++
    return ''
  })
  const folded = shown.normalize('NFKC').toLowerCase()
  const latin = folded.replace(/[^\s]+/g, (word) =>
    isMixed(word) ? word.replace(CONFUSABLE, confused) : word,
  )
  // What has marks in its own script (Hindi, Arabic) keeps them.
  const bare = latin
    .normalize('NFD')
    .replace(/(?<=[a-z])\p{M}+/gu, '')
    .normalize('NFC')
  return { text: spaced(bare.replace(/[’‘“”–—…]/g, confused)), hidden, invisible }
}

function spaced(text: string): string {
  // Words that are spelled apart are told apart by more than one blank.
  const joined = text.replace(SPACED, (run) => run.replace(/[ .\-_*]/g, ''))
  return joined.replace(BLANKS, ' ').replace(LINES, '\n')
}

function fromTags(run: string): string {
  return Array.from(run, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) - 0xe0000)).join(
    '',
  )
}

function isBetweenLetters(text: string, at: number, length: number): boolean {
  return /[A-Za-z]/.test(text.charAt(at - 1)) && /[A-Za-z\u200b-\u206f]/.test(text.charAt(at + length))
}

/** Latin letters beside Greek or Cyrillic ones, or small capitals. */
function isMixed(word: string): boolean {
  if (/[\u0250-\u02af\u1d00-\u1d7f\ua730-\ua7ff\u0131]/.test(word)) return true
  if (!CYRILLIC_OR_GREEK.test(word)) return false
  if (/[a-z]/.test(word)) return true
  // Every letter of it has a Latin twin: no word of its own language is likely to be.
  return (
    word.length > 3 &&
    Array.from(word).every((letter) => CONFUSABLES.has(letter) || /[^\p{L}]/u.test(letter)) &&
    !/[кмвнгптσωγη]/.test(word)
  )
}

function confused(letter: string): string {
  return CONFUSABLES.get(letter) ?? letter
}
