using Microsoft.AspNetCore.Connections;

namespace Berth.Dispatcher.Connections;

/// <summary>
/// The mark of a connection whose first bytes were looked at and are no plain request. <see cref="IPlainRequests"/> would find the same.
/// </summary>
internal sealed class NotPlain
{
    private static readonly NotPlain s_mark = new();

    public static void Mark(ConnectionContext connection) => connection.Features.Set(s_mark);

    public static bool IsMarked(ConnectionContext connection) => connection.Features.Get<NotPlain>() is not null;
}
