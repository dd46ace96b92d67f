using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Cli.Call;

namespace Berth.Cli.Doctor;

/// <summary>Tries the addresses that clients get, from this machine: over TCP, and over UDP if the pods run <c>berth echo</c>.</summary>
internal sealed class ConnectChecks(DoctorTask task)
{
    private const int MaxAtOnce = 64;
    private const int UdpTries = 3;
    private const int MaxAnswer = 512;

    public async Task<IReadOnlyList<CheckResult>> RunAsync(EndpointSnapshot snapshot, bool echo, CancellationToken cancellationToken)
    {
        (PodEndpoint Pod, EndpointPort Port)[] all =
        [
            .. snapshot.Available.SelectMany(static pod => pod.Ports.Select(port => (pod, port))),
        ];
        List<CheckResult> results = [await CheckAsync("tcp", "TCP", all, ConnectAsync, cancellationToken).ConfigureAwait(false)];
        results.Add(echo
            ? await CheckAsync("udp", "UDP", all, EchoAsync, cancellationToken).ConfigureAwait(false)
            : CheckResult.Skipped("udp", "UDP is not tried: only an echo server answers it. If the pods run berth echo, add --echo true."));
        return results;
    }

    private static async Task<CheckResult> CheckAsync(
        string name, string protocol, (PodEndpoint Pod, EndpointPort Port)[] all,
        Func<IPEndPoint, CancellationToken, Task<string?>> tryAsync, CancellationToken cancellationToken)
    {
        // An echo server has both protocols on each port; another server has only the protocol of its port.
        (PodEndpoint Pod, EndpointPort Port)[] own = [.. all.Where(each => name == "udp" || each.Port.Protocol == protocol)];
        if (own.Length == 0)
            return CheckResult.Skipped(name, $"There is no {protocol} port to try.");
        string?[] faults = new string?[own.Length];
        await Parallel.ForAsync(
            0, own.Length, new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellationToken },
            async (i, token) => faults[i] = await tryAsync(new IPEndPoint(own[i].Pod.Address, own[i].Port.Number), token)
                .ConfigureAwait(false)).ConfigureAwait(false);
        string[] failed =
        [
            .. own.Zip(faults).Where(static each => each.Second is not null).Select(static each =>
                $"{each.First.Pod.Name} {new IPEndPoint(each.First.Pod.Address, each.First.Port.Number)} ({each.Second})"),
        ];
        return failed.Length == 0
            ? CheckResult.Ok(name, $"{SliceChecks.Count(own.Length, "port")} of the pods answer over {protocol} from here.")
            : CheckResult.Failed(
                name,
                $"{failed.Length} of {SliceChecks.Count(own.Length, "port")} do not answer over {protocol} from here: " +
                $"{PodChecks.Name(failed)}.",
                "Refused: nothing listens there, so compare --base-port with that of the pods. No answer: open the ports in the firewall " +
                "of the nodes, and look at the network policies.");
    }

    private async Task<string?> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        return await DescribeAsync(
            async token => await socket.ConnectAsync(Dialling.ThisMachine(address), token).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Sends a datagram and waits for its echo, which begins with the pod's own address. UDP may lose datagrams.</summary>
    private async Task<string?> EchoAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        byte[] text = Encoding.ASCII.GetBytes($"berth doctor {address}");
        byte[] answer = new byte[MaxAnswer];
        string? fault = null;
        for (int i = 0; i < UdpTries; i++)
        {
            fault = await DescribeAsync(
                async token =>
                {
                    if (!socket.Connected)
                        await socket.ConnectAsync(Dialling.ThisMachine(address), token).ConfigureAwait(false);
                    await socket.SendAsync(text, token).ConfigureAwait(false);
                    int read;
                    do
                    {
                        read = await socket.ReceiveAsync(answer, token).ConfigureAwait(false);
                    }
                    while (!answer.AsSpan(0, read).EndsWith(text));
                },
                cancellationToken).ConfigureAwait(false);
            if (fault is null)
                break;
        }

        return fault;
    }

    private async Task<string?> DescribeAsync(Func<CancellationToken, Task> attempt, CancellationToken cancellationToken)
    {
        try
        {
            await task.WithinAsync(
                async token =>
                {
                    await attempt(token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused ? "refused" : exception.Message.TrimEnd('.');
        }
        catch (TimeoutException)
        {
            return "no answer";
        }
    }
}
