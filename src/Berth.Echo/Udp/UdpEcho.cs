using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Backoff;
using Berth.Echo.Diagnostics;
using Berth.Echo.Sockets;
using Microsoft.Extensions.Logging;

namespace Berth.Echo.Udp;

/// <summary>Answers datagrams, each from the address that it was sent to.</summary>
internal sealed class UdpEcho : IDisposable
{
    // The largest possible datagram, with room in front for the local address.
    private const int MaxDatagram = 65_535;
    private const int MaxPrefix = 64;

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly ILogger _logger;
    private readonly DatagramSender _sender;
    private readonly IPEndPoint _bound;
    private readonly IPEndPoint _any;
    private readonly Supervisor _answering;
    private readonly byte[] _buffer = new byte[MaxPrefix + MaxDatagram];
    private bool _failing;

    public UdpEcho(Socket socket, ILogger logger, TimeProvider time)
    {
        _socket = socket;
        _logger = logger;
        _sender = new DatagramSender(socket);
        _bound = (IPEndPoint)socket.LocalEndPoint!;
        _any = new IPEndPoint(_bound.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        _answering = new Supervisor(AnswerAllAsync, Failed, new SteadyBackoff(s_retry), time);
    }

    public void Start() => _answering.Start();

    public async Task StopAsync()
    {
        await _answering.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Answers until the socket fails. One step for many datagrams, because a step of its own would cost each an object.</summary>
    private async ValueTask AnswerAllAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                SocketReceiveMessageFromResult received = await _socket
                    .ReceiveMessageFromAsync(_buffer.AsMemory(MaxPrefix), SocketFlags.None, _any, stopping)
                    .ConfigureAwait(false);
                Answer(_buffer, received);
                _failing = false;
            }
            catch (SocketException exception) when (
                exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused)
            {
                // The host of an earlier client refused an answer. The next datagram may be from another client.
            }
        }
    }

    private TimeSpan? Failed(Exception exception)
    {
        if (!_failing)
            Log.UdpFails(_logger, exception.Message);
        _failing = true;
        return null;
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
