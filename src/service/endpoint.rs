//! The endpoints of the service.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Endpoint {
    /// `POST /jobs/createTask`.
    CreateTask,
    /// `GET /jobs/queryTask?taskId=…`.
    QueryTask,
    /// `GET /account/credits`.
    Credits,
    /// A gateway's `DELETE /jobs/{id}`.
    Cancel,
}

impl Endpoint {
    /// The last part of the path, which is the name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Endpoint::CreateTask => "createTask",
            Endpoint::QueryTask => "queryTask",
            Endpoint::Credits => "credits",
            Endpoint::Cancel => "cancel",
        }
    }
}
