using System.Text;
using Berth.Kubernetes.Access.Files;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Access.Credentials;

/// <summary>
/// A token in a file that another program rotates (the kubelet: about once an hour). It is read again at most once a minute, and at once
/// after a 401. While the file is missing or empty, it is being rotated, and the old token stays.
/// </summary>
internal sealed class TokenFile(string path, TimeProvider time, ILogger logger, string? initialToken = null) : ICredentialSource
{
    internal static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Rereading _rereading = new(logger, $"The token file {path}");
    private Credential? _current = initialToken is null ? null : Credential.Bearer(initialToken, path);
    private long _readAt;
    private bool _stale = true;

    /// <summary>Reads the file now, so that a configuration error is found when the program starts.</summary>
    internal void ReadFirst()
    {
        lock (_lock)
            Refresh();
    }

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_stale || time.GetElapsedTime(_readAt) >= Freshness)
                Refresh();
            return ValueTask.FromResult(_current!);
        }
    }

    public void Refuse(Credential refused)
    {
        lock (_lock)
            _stale |= refused.Equals(_current);
    }

    private void Refresh()
    {
        try
        {
            string token = Encoding.UTF8.GetString(FileReading.Read(path, "the token file")).Trim();
            if (token.Length == 0)
                throw new ClusterAccessException($"The token file {path} is empty. Write a token into it, or name another file.");
            _current = Credential.Bearer(token, path);
            _rereading.Succeeded();
        }
        catch (ClusterAccessException exception) when (_current is not null)
        {
            // The old token is still valid for a while, and the file is read again soon.
            _rereading.Failed(exception);
        }

        _readAt = time.GetTimestamp();
        _stale = false;
    }
}
