using Berth.Conformance.Servers;

[assembly: AssemblyFixture(typeof(SharedControlPlane))]
