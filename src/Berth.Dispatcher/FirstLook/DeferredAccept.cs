using System.Net.Sockets;

namespace Berth.Dispatcher.FirstLook;

/// <summary>
/// Asks the system to keep a connection back until its first bytes are there, or for about a second (TCP_DEFER_ACCEPT of tcp(7)). Without
/// it the first look is woken twice for each connection and registers for the second time, which is more than a third of the cost.
/// </summary>
internal static class DeferredAccept
{
    /// <summary>The level of TCP's options, and the option. Its value is in seconds; 0 ends it.</summary>
    internal const int Level = 6, Option = 9;

    /// <summary>Starts it, for a socket that will listen.</summary>
    public static void Start(Socket listener) => Set(listener, seconds: 1);

    /// <summary>
    /// Ends it. Connections that are kept back are accepted when the system repeats its half of the handshake, within a second.
    /// </summary>
    public static void End(Socket listener) => Set(listener, seconds: 0);

    private static void Set(Socket listener, int seconds)
    {
        try
        {
            listener.SetRawSocketOption(Level, Option, BitConverter.GetBytes(seconds));
        }
        catch (SocketException)
        {
            // A system without it, such as a sandbox. Only the gain is lost.
        }
    }
}
