using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Berth.Dispatcher.FirstLook;

/// <summary>Creates .NET's socket for a connection that was accepted as a number.</summary>
internal static class ConnectedSocket
{
    private static bool s_isUnknown;

    /// <summary>Creates the socket. It has the properties of its listener, like the sockets that .NET itself accepts.</summary>
    /// <remarks>
    /// <see cref="Socket(SafeSocketHandle)"/> asks the system for each property, with eight calls: 6% of what a connection costs. So this
    /// uses the method that <see cref="Socket.Accept"/> uses, which is not public, and the constructor on a .NET that no longer has it.
    /// See docs/decisions/0049.
    /// </remarks>
    /// <param name="listener">The socket that listens. It may be disposed.</param>
    /// <param name="connection">The connection, which the new socket owns.</param>
    public static Socket Create(Socket listener, SafeSocketHandle connection)
    {
        if (!s_isUnknown)
        {
            try
            {
                return CreateAcceptSocket(listener, connection, null);
            }
            catch (MissingMethodException)
            {
                s_isUnknown = true;
            }
        }

        return new Socket(connection);
    }

    /// <summary>A member of System.Net.Sockets 10.0. It makes no system call.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    internal static extern Socket CreateAcceptSocket(Socket listener, SafeSocketHandle fd, EndPoint? remoteEP);
}
