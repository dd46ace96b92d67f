using Berth.Kubernetes.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Access.Files;

/// <summary>Records whether a file that is read repeatedly can be read, and logs each change once. Not safe for several threads.</summary>
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
