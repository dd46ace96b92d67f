using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Echo.Diagnostics;
using Berth.Echo.Sockets;
using Microsoft.Extensions.Logging;

namespace Berth.Echo.Udp;

/// <summary>Answers datagrams, each from the address that it was sent to.</summary>
internal sealed class UdpEcho(Socket socket, ILogger logger, TimeProvider time) : IDisposable
{
    // The largest possible datagram, with room in front for the local address.
    private const int MaxDatagram = 65_535;
    private const int MaxPrefix = 64;

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    private readonly DatagramSender _sender = new(socket);
    private readonly IPEndPoint _bound = (IPEndPoint)socket.LocalEndPoint!;
    private readonly CancellationTokenSource _stopping = new();
    private Task _answering = Task.CompletedTask;

    public void Start() => _answering = Task.Run(AnswerAllAsync);

    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _answering.ConfigureAwait(false);
        socket.Dispose();
    }

    public void Dispose()
    {
        socket.Dispose();
        _stopping.Dispose();
    }

    private async Task AnswerAllAsync()
    {
        byte[] buffer = new byte[MaxPrefix + MaxDatagram];
        IPEndPoint any = new(_bound.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        CancellationToken stopping = _stopping.Token;
        bool failing = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                SocketReceiveMessageFromResult received = await socket
                    .ReceiveMessageFromAsync(buffer.AsMemory(MaxPrefix), SocketFlags.None, any, stopping)
                    .ConfigureAwait(false);
                Answer(buffer, received);
                failing = false;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException exception) when (
                exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused)
            {
                // The host of an earlier client refused an answer. The next datagram may be from another client.
            }
            catch (Exception exception)
            {
                if (!failing)
                    Log.UdpFails(logger, exception.Message);
                failing = true;
                await Task.Delay(s_retry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Writes the local address in front of the data, and sends both back.</summary>
    private void Answer(byte[] buffer, SocketReceiveMessageFromResult received)
    {
        IPAddress local = received.PacketInformation.Address ?? _bound.Address;
        string prefix = EchoSockets.Unmap(new IPEndPoint(local, _bound.Port)) + " ";
        int start = MaxPrefix - prefix.Length;
        Encoding.ASCII.GetBytes(prefix, buffer.AsSpan(start));
        ReadOnlySpan<byte> answer = buffer.AsSpan(start, prefix.Length + received.ReceivedBytes);
        _sender.Send(answer, local, received.PacketInformation.Interface, (IPEndPoint)received.RemoteEndPoint);
    }
}
