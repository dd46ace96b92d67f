using System.Net;

namespace Berth.Testing;

/// <summary>A pod of a <see cref="TestStatefulSet"/>, in the state in which it was read.</summary>
/// <param name="Name">The pod's name: <c>lobby-2</c>.</param>
/// <param name="Ordinal">Its ordinal: 2.</param>
/// <param name="Uid">Its UID: a pod that is created again under the same name has another.</param>
/// <param name="Node">Its node.</param>
/// <param name="EndPoint">The address and port where clients find it, and where the test listens for it.</param>
/// <param name="IsReady">True when its condition Ready is true.</param>
/// <param name="IsTerminating">True when it is being deleted.</param>
/// <param name="Restarts">The number of its restarts.</param>
public sealed record TestPod(
    string Name, int Ordinal, string Uid, string Node, IPEndPoint EndPoint, bool IsReady, bool IsTerminating, int Restarts);
