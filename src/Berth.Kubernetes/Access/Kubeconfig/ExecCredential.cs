using Berth.Kubernetes.Access.Credentials;

namespace Berth.Kubernetes.Access.Kubeconfig;

// The semaphore never creates its wait handle, so there is nothing to dispose.
#pragma warning disable CA1001
/// <summary>Runs a plugin when its last credential has expired or was refused, and otherwise returns the last credential.</summary>
internal sealed class ExecCredential(ExecPlugin plugin, TimeProvider time) : ICredentialSource
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile ExecAnswer? _current;
    private volatile ExecRun? _running;

    public string? Waiting => _running?.Waiting;

    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } ready)
            return ready;
        // A plugin can take seconds and open a browser, so one run serves all waiting requests.
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Fresh() is { } meanwhile)
                return meanwhile;
            _running = new ExecRun(plugin, time);
            ExecAnswer answer = await _running.RunAsync(cancellationToken).ConfigureAwait(false);
            _current = answer;
            return answer.Credential;
        }
        finally
        {
            _running = null;
            _one.Release();
        }
    }

    public void Refuse(Credential refused)
    {
        ExecAnswer? current = _current;
        if (current is not null && refused.Equals(current.Credential))
            Interlocked.CompareExchange(ref _current, null, current);
    }

    // The wall clock, because a plugin gives its expiry in wall time.
    private Credential? Fresh() =>
        _current is { } current && (current.Expires is null || time.GetUtcNow() < current.Expires) ? current.Credential : null;
}
