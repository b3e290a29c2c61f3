/** Text in figures: how wide it is, where it breaks, how numbers are written. */

const narrow = new Set("iljtfrI.,:;|!()[]'’` ·")
const wide = new Set('mwMW@%∞→≤≥×—+=<>~−±½¼¾∇∑∫√')

/** Width in px, an estimate for DejaVu Sans and the faces like it. */
export function textWidth(text: string, size: number): number {
  let units = 0
  for (const character of text) {
    units += superscripts.includes(character) || subscripts.includes(character) ? 0.42
      : narrow.has(character) ? 0.36
        : wide.has(character) ? 0.9
          : character >= 'A' && character <= 'Z' ? 0.7 : 0.62
  }
  return units * size
}

export function widest(texts: string[], size: number): number {
  return Math.max(0, ...texts.map((text) => textWidth(text, size)))
}

/** Breaks a text at its spaces into lines of at most `width` px; a longer word is cut. */
export function wrap(text: string, width: number, size: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '').flatMap((part) => pieces(part, width, size))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || textWidth(longer, size) <= width) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return line === '' ? lines : [...lines, line]
}

function pieces(word: string, width: number, size: number): string[] {
  const parts = ['']
  for (const character of word) {
    const last = parts.length - 1
    if (parts[last] !== '' && textWidth(parts[last] + character, size) > width) parts.push(character)
    else parts[last] += character
  }
  return parts
}

/** Text for the content or a quoted attribute of XML and HTML. Characters that XML forbids become replacement characters. */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;')
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'
const subscripts = '₀₁₂₃₄₅₆₇₈₉'

/** A number with a power of ten: −1.2×10⁻⁷. */
export function scientificText(value: number, digits: number): string {
  if (value === 0) return '0'
  const [mantissa, exponent] = Math.abs(value).toExponential(digits - 1).split('e').map(Number)
  const power = `10${String(exponent).replace(/./g, (character) => (character === '-' ? '⁻' : superscripts[Number(character)]))}`
  return `${value < 0 ? '−' : ''}${mantissa === 1 ? '' : `${mantissa}×`}${power}`
}

/**
 * A number to `digits` significant digits: positional from 10⁻⁴ to 10⁵ (whole digits are kept), otherwise with a power of ten.
 * 'typeset' writes −1.2×10⁻⁷, 'plain' -1.2e-7.
 */
export function numberText(value: number, digits = 3, style: 'typeset' | 'plain' = 'typeset'): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value < 0) return `${style === 'typeset' ? '−' : '-'}${numberText(-value, digits, style)}`
  if (value === 0) return '0'
  if (value === Infinity) return '∞'
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e').map(Number)
  if (exponent >= -4 && exponent < 5) return String(Number(value.toPrecision(Math.max(digits, exponent + 1))))
  return style === 'plain' ? `${mantissa}e${exponent}` : scientificText(value, digits)
}

/** Two numbers to as many digits as tell them apart, at least `digits`. */
export function numberTexts(a: number, b: number, digits = 3, style: 'typeset' | 'plain' = 'typeset'): [string, string] {
  const texts: [string, string] = [numberText(a, digits, style), numberText(b, digits, style)]
  return texts[0] !== texts[1] || a === b || digits >= 17 || Number.isNaN(a) || Number.isNaN(b) ? texts : numberTexts(a, b, digits + 1, style)
}
