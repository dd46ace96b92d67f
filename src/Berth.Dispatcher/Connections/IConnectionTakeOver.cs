using Microsoft.AspNetCore.Connections;

namespace Berth.Dispatcher.Connections;

/// <summary>An endless stream that takes over a connection after Kestrel's HTTP side has sent the head of the answer.</summary>
internal interface IConnectionTakeOver
{
    /// <summary>Runs until the client goes away or the server stops. Never fails.</summary>
    Task RunAsync(ConnectionContext transport);
}
