/** A page that fails says so, and leaves the others alone. */
import { Component, type ReactNode } from 'react';
import { useWords } from '../i18n';
import { Notice } from './basics';

export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override render() {
    return this.state.error ? <Broken error={this.state.error} /> : this.props.children;
  }
}

function Broken({ error }: { error: Error }) {
  const t = useWords();
  return (
    <Notice
      tone="bad"
      title={t('error.page')}
      action={
        <button type="button" className="button button-small" onClick={() => window.location.reload()}>
          {t('common.reload')}
        </button>
      }
    >
      <span className="mono small">{error.message}</span>
    </Notice>
  );
}
