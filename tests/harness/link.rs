//! A network between device and platform that can really be cut: a TCP forwarder on
//! 127.0.0.1. Cut, nothing listens at its address and every connection is torn down.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// The forwarder.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    target: SocketAddr,
    forwarding: Option<JoinHandle<()>>,
}

impl Link {
    /// A link to `target`, not yet up. Its address never changes.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn to(target: SocketAddr) -> Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], crate::programs::free_port()?));
        Ok(Self { address, target, forwarding: None })
    }

    /// Where the device finds the platform.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Brings the network up.
    ///
    /// # Errors
    /// Where its port was taken meanwhile.
    pub async fn mend(&mut self) -> Result<()> {
        if self.forwarding.is_none() {
            let listener = TcpListener::bind(self.address).await?;
            self.forwarding = Some(tokio::spawn(forward(listener, self.target)));
        }
        Ok(())
    }

    /// Cuts the network: no listener, and every connection is gone.
    pub async fn cut(&mut self) {
        if let Some(forwarding) = self.forwarding.take() {
            forwarding.abort();
            // Cancelled is what it is meant to be.
            let _ = forwarding.await;
        }
    }
}

async fn forward(listener: TcpListener, target: SocketAddr) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    while let Ok((mut inward, _)) = listener.accept().await {
        connections.spawn(async move {
            if let Ok(mut outward) = TcpStream::connect(target).await {
                // A connection that breaks is what a network does.
                let _ = copy_bidirectional(&mut inward, &mut outward).await;
            }
        });
    }
}
