/** The rate over time, from the pool's own history on chain. Loaded when it is looked at. */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useWords } from '../i18n';

export interface Point {
  epoch: number;
  /** For drawing only. */
  value: number;
}

export default function RateChart({ points, label, format }: { points: readonly Point[]; label: string; format: (value: number) => string }) {
  const t = useWords();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const draw = () => {
      const style = getComputedStyle(document.documentElement);
      const color = (name: string) => style.getPropertyValue(name).trim();
      const axis = {
        stroke: color('--ink-2'),
        grid: { stroke: color('--line'), width: 1 },
        ticks: { stroke: color('--line'), width: 1, size: 5 },
        font: `12px ${style.getPropertyValue('--font')}`,
      };
      element.replaceChildren();
      return new uPlot(
        {
          width: element.clientWidth,
          height: 220,
          scales: { x: { time: false } },
          legend: { show: false },
          cursor: { y: false, points: { size: 7 } },
          axes: [
            { ...axis, values: (_, ticks) => ticks.map(tick => (Number.isInteger(tick) ? String(tick) : '')) },
            { ...axis, size: 78, values: (_, ticks) => ticks.map(format) },
          ],
          series: [
            {},
            { label, stroke: color('--water'), width: 2, fill: color('--water-soft'), points: { show: points.length < 40, size: 5, fill: color('--surface') } },
          ],
        },
        [points.map(({ epoch }) => epoch), points.map(({ value }) => value)],
        element,
      );
    };
    let chart = draw();
    const resized = new ResizeObserver(() => chart && element.clientWidth > 0 && chart.setSize({ width: element.clientWidth, height: 220 }));
    resized.observe(element);
    const themed = new MutationObserver(() => {
      chart?.destroy();
      chart = draw();
    });
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      chart?.destroy();
    };
  }, [points, label, format]);
  const newest = points.at(-1);
  return (
    <figure className="chart">
      <div ref={place} className="chart-area" aria-hidden="true" />
      <figcaption className="visually-hidden">
        {label}
        {newest && `: ${t('epoch.now', { epoch: newest.epoch })}, ${format(newest.value)}`}
      </figcaption>
    </figure>
  );
}
