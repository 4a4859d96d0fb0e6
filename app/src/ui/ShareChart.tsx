/** Shares of a whole, largest first, as bars on one line: how steep it falls is what it says. */
const MOST = 120;

export function ShareChart({ shares, label }: { shares: readonly number[]; label: string }) {
  const shown = shares.slice(0, MOST);
  const highest = shown[0] ?? 0;
  const width = 100 / Math.max(shown.length, 1);
  return (
    <figure className="shares">
      <svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={label}>
        {shown.map((share, index) => {
          const height = highest > 0 ? (share / highest) * 38 : 0;
          return <rect key={index} x={index * width} y={40 - height} width={width * 0.82} height={height} />;
        })}
      </svg>
      <figcaption className="small muted">
        {label}
        {highest > 0 && ` · ${(highest * 100).toFixed(2)} %`}
      </figcaption>
    </figure>
  );
}
