using BenchmarkDotNet.Attributes;
using Berth.Dispatcher.FirstLook;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// 1,000 sockets that wait, in the order in which their time ends: each is added, found and taken out, and half of them are not the first
/// then. In our own list, and in the runtime's list with a dictionary of its nodes.
/// </summary>
[MemoryDiagnoser]
public class WaitBenchmarks
{
    private const int Count = 1000;

    private readonly WaitingSockets _waiting = new(120);
    private readonly LinkedList<(int Socket, int Ends, bool WasAnswered)> _list = new();
    private readonly Dictionary<int, LinkedListNode<(int Socket, int Ends, bool WasAnswered)>> _nodes = [];

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int Runtime()
    {
        for (int socket = 0; socket < Count; socket++)
            _nodes[socket] = _list.AddLast((socket, socket + 120, false));
        int found = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_nodes.Remove(SocketAt(i), out LinkedListNode<(int Socket, int Ends, bool WasAnswered)>? node))
            {
                found += node.Value.Ends;
                _list.Remove(node);
            }
        }

        return found + _list.Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Ours()
    {
        for (int socket = 0; socket < Count; socket++)
            _waiting.Add(socket, socket + 1, wasAnswered: false);
        int found = 0;
        for (int i = 0; i < Count; i++)
        {
            found += _waiting.Contains(SocketAt(i), out bool wasAnswered) && !wasAnswered ? 1 : 0;
            _waiting.Remove(SocketAt(i));
        }

        return found + (_waiting.IsEmpty ? 0 : 1);
    }

    // The odd ones first.
    private static int SocketAt(int i) => i < Count / 2 ? (2 * i) + 1 : 2 * (i - (Count / 2));
}
