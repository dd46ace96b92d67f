using Berth.Remote.Transport;
using Berth.Remote.Wire;

namespace Berth.Remote.Following;

/// <summary>A dispatcher that is live: its watch, and the first state that it gave.</summary>
internal sealed record LiveDispatcher(WatchConnection Connection, WatchMessage.Content Content, WatchMessage.Source Source);
