/** Puts numbers and names into a sentence: `{amount}` becomes the parameter of that name. */
export type Parameters = Record<string, string | number | bigint>;

export function fill(text: string, parameters: Parameters = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in parameters ? String(parameters[name]) : whole));
}
