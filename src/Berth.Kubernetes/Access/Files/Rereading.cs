using Berth.Kubernetes.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Access.Files;

/// <summary>
/// Whether a file that is read again and again can be read; says so once when that changes. Not for several threads at a time.
/// </summary>
internal sealed class Rereading(ILogger logger, string name)
{
    private bool _failing;

    internal void Failed(ClusterAccessException why)
    {
        if (!_failing)
            Log.KeepsOld(logger, name, why.Message);
        _failing = true;
    }

    internal void Succeeded()
    {
        if (_failing)
            Log.ReadAgain(logger, name);
        _failing = false;
    }
}
