using System.Net;
using Berth.Kubernetes.Addresses;

namespace Berth.Kubernetes.Slices;

/// <summary>What stands in place of the address of an endpoint that cannot be dialled as it is.</summary>
/// <param name="HasName">False where its name is only its address.</param>
/// <param name="Address">The address, where it is one and there is no fault.</param>
/// <param name="Text">The address as stated.</param>
/// <param name="Fault">Why it is no address to dial, or null.</param>
internal sealed record SliceOddity(bool HasName, IPAddress? Address, string Text, EndpointFault? Fault);
