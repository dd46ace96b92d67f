using Microsoft.AspNetCore.Connections;

namespace Berth.Dispatcher.Connections;

/// <summary>Answers the simplest requests of a connection, before Kestrel's HTTP side has to be created for it.</summary>
internal interface IPlainRequests
{
    /// <summary>The answers.</summary>
    IPlainAnswers Answers { get; }

    /// <summary>
    /// Answers plain requests. It ends at the first bytes that are no plain request, and leaves them unread. Never fails.
    /// </summary>
    /// <returns>False when the connection must end; true when Kestrel must continue with it.</returns>
    ValueTask<bool> RunAsync(ConnectionContext transport, ClientConnection connection);
}
